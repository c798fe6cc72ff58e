"""Options of the whole test suite."""

import os

# Two workers would otherwise fight over the cores of a small machine.
os.environ.setdefault('OMP_NUM_THREADS', '2')
os.environ.setdefault('MPLBACKEND', 'Agg')

ALLOWED_SKIP = 'no GPU'


def pytest_addoption(parser):
    """Add the option that turns skipped tests into a failure."""
    parser.addoption(
        '--forbid-skips',
        action='store_true',
        help=f'fail if a test is skipped for another reason than '
        f'"{ALLOWED_SKIP}"',
    )


def pytest_terminal_summary(terminalreporter, config):
    """Name the skips that are not allowed."""
    for reason in _forbidden_skips(terminalreporter, config):
        terminalreporter.write_line(f'FORBIDDEN SKIP: {reason}', red=True)


def pytest_sessionfinish(session):
    """Fail the run if there was a skip that is not allowed."""
    reporter = session.config.pluginmanager.get_plugin('terminalreporter')
    if reporter and _forbidden_skips(reporter, session.config):
        session.exitstatus = 1


def _forbidden_skips(reporter, config) -> list:
    if not config.getoption('--forbid-skips'):
        return []
    reasons = [
        f'{report.nodeid}: {report.longrepr[-1]}'
        for report in reporter.stats.get('skipped', [])
    ]
    return [reason for reason in reasons if ALLOWED_SKIP not in reason]
