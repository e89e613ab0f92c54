from orders import Basket


def test_total():
    assert Basket({'tea': 3, 'milk': 1}).total() == 4


def test_empty_basket():
    assert Basket({}).total() == 0


def test_checkout():
    assert Basket({'tea': 3}).checkout(known={'tea'}) == 'reserved'


def test_checkout_of_unknown_item():
    assert Basket({'salt': 2}).checkout(known={'tea'}) == 'missing'
