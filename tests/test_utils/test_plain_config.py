import pytest
from mmengine.config import Config

from mmvireid.utils.plain_config import parse_config


def test_config_of_a_checkpoint_is_parsed_not_run(tmp_path):
    cfg = Config(
        dict(
            model=dict(type='A', sizes=(1, -2.5), names=['a', None]),
            flag=True,
            odd={1: 'one', 'a b': {}},
        )
    )
    assert parse_config(cfg.pretty_text).to_dict() == cfg.to_dict()
    proof = tmp_path / 'proof'
    for text in (
        f"x = open('{proof}', 'w')",
        f"import os\nos.mkdir('{proof}')",
        f"x = dict(a=__import__('os').mkdir('{proof}'))",
        'x = [i for i in (1, 2)]',
        'x = ',
    ):
        with pytest.raises(ValueError, match='not made of plain'):
            parse_config(text)
    assert not proof.exists()
