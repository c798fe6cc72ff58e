"""Configs that are read without running them."""

import ast

from mmengine.config import Config


def parse_config(text: str) -> Config:
    """Read a config that a checkpoint holds, without running it.

    Args:
        text (str): Assignments of plain values, as ``Config.pretty_text``
            writes them.

    Returns:
        Config: The config. What it imports by ``custom_imports`` is not
        imported.

    Raises:
        ValueError: If it holds anything else.
    """
    try:
        return Config(
            {
                line.targets[0].id: _plain_value(line.value)
                for line in ast.parse(text).body
            }
        )
    except (AttributeError, SyntaxError, TypeError, ValueError) as error:
        raise ValueError(
            'The config that the checkpoint holds is not made of plain '
            f'values ({error}). Name the config file.'
        ) from error


def _plain_value(node: ast.expr) -> object:
    if isinstance(node, ast.Call):
        if node.func.id != 'dict':
            raise ValueError(f'it calls {node.func.id}')
        # Names that are no identifiers stand in a dict of their own.
        unnamed = dict(*map(_plain_value, node.args))
        named = {item.arg: _plain_value(item.value) for item in node.keywords}
        return {**unnamed, **named}
    if isinstance(node, ast.Dict):
        return {
            _plain_value(key): _plain_value(value)
            for key, value in zip(node.keys, node.values, strict=True)
        }
    if isinstance(node, (ast.List, ast.Tuple)):
        kind = list if isinstance(node, ast.List) else tuple
        return kind(map(_plain_value, node.elts))
    return ast.literal_eval(node)
