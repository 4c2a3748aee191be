"""docs/networks/ says what the pages say, in both languages."""

import pytest
from django.conf import settings

from campaign.network_steps import GUIDES
from campaign.networks import NETWORKS
from tools.network_docs import FOLDER, document

KINDS = [network.kind for network in NETWORKS]


@pytest.mark.parametrize("kind", KINDS)
def test_the_document_is_what_the_pages_show(kind):
    assert (FOLDER / f"{kind}.md").read_text() == document(kind), "run python -m tools.network_docs"


def test_there_is_one_for_each_network_and_no_other():
    assert {file.stem for file in FOLDER.glob("*.md")} == set(KINDS)


@pytest.mark.parametrize("kind", GUIDES)
def test_it_names_the_address_to_enter_and_the_variables(kind):
    text = (FOLDER / f"{kind}.md").read_text()
    assert f"/oauth/{kind}/" in text
    assert f"POSKO_{kind.upper()}_CLIENT_ID" in text
    assert str(settings.BASE_DIR) not in text
