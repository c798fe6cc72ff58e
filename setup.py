"""Packaging of mmvireid."""

from pathlib import Path

from setuptools import find_packages, setup

ROOT = Path(__file__).parent


def read_version() -> str:
    """Return the version written in ``mmvireid/version.py``."""
    scope: dict = {}
    exec((ROOT / 'mmvireid/version.py').read_text(), scope)
    return scope['__version__']


def read_requirements(name: str) -> list:
    """Return the lines of ``requirements/<name>.txt`` that name packages."""
    lines = (ROOT / 'requirements' / f'{name}.txt').read_text().splitlines()
    return [line.strip() for line in lines if line and line[0] not in '#-']


EXTRAS = {
    name: read_requirements(name)
    for name in ('detection', 'optional', 'tests', 'docs')
}
EXTRAS['all'] = EXTRAS['detection'] + EXTRAS['optional'] + EXTRAS['docs']

setup(
    name='mmvireid',
    version=read_version(),
    description='Visible-infrared person re-identification and person search '
    'on the OpenMMLab stack',
    long_description=(ROOT / 'README.md').read_text(encoding='utf-8'),
    long_description_content_type='text/markdown',
    license='Apache-2.0',
    packages=find_packages(include=['mmvireid', 'mmvireid.*']),
    python_requires='>=3.10,<3.13',
    install_requires=read_requirements('runtime'),
    extras_require=EXTRAS,
    zip_safe=False,
)
