"""Print a config with all that it inherits."""

import argparse

from mmengine.config import DictAction

from mmvireid.utils.command_line import short_errors
from mmvireid.utils.config import load_config


@short_errors()
def main(arguments: list | None = None) -> None:
    """Run the command line.

    Args:
        arguments (list[str], optional): The arguments. Defaults to those of
            the process.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('config', help='config file')
    parser.add_argument(
        '--cfg-options',
        nargs='+',
        action=DictAction,
        help='settings to override, as key=value',
    )
    args = parser.parse_args(arguments)
    print(load_config(args.config, args.cfg_options).pretty_text)


if __name__ == '__main__':
    main()
