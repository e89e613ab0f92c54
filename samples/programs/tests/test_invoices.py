import pytest


@pytest.mark.parametrize('net, gross', [(100, 119), (200, 238), (0, 0)])
def test_gross(net, gross):
    assert net * 119 // 100 == gross
