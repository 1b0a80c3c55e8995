"""The theme's frame, mended; the browser tests say whether that is enough."""

import pytest

from portal.errors import BuildError
from portal.frame import mend


def test_a_theme_that_is_written_otherwise_is_refused(tmp_path):
    (tmp_path / "index.html").write_text("<p>", "utf-8")
    with pytest.raises(BuildError, match="not written as expected") as caught:
        mend(tmp_path)
    assert "index.html" in str(caught.value)


def test_a_theme_without_its_script_is_refused(tmp_path):
    with pytest.raises(BuildError, match="its script"):
        mend(tmp_path)
