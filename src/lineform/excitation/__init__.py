"""How molecules are spread over their energy levels: one method a file."""

from lineform.excitation.base import Excitation
from lineform.excitation.methods import excitation_named, excitations

__all__ = ["Excitation", "excitation_named", "excitations"]
