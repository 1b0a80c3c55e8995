"""Model files of our layout: the parameters and the size of one hydro-chemical model."""

from portal.model.header import Header
from portal.model.record import FileRecord
from portal.readers._findings import Findings
from portal.readers._layout import check_version, is_layout, read_parameters, root_row
from portal.readers._points import check_points

__all__ = ["READER"]


class ModelReader:
    """Reads format ``atomium-model``."""

    name = "atomium-model"
    priority = 10

    def claims(self, header: Header) -> bool:
        """Whether the root attribute `format` names this format."""
        return is_layout(header, "model")

    def read(self, header: Header) -> FileRecord:
        """The row of the model, and problems for what is wrong with it."""
        findings = Findings(header.path)
        check_version(header, findings)
        model = root_row(header, findings, "model")
        if model is None:
            return FileRecord("model", self.name, problems=tuple(findings.problems))
        model |= check_points(header, findings)
        parameters = read_parameters(header, findings)
        return FileRecord("model", self.name, model, parameters, (), tuple(findings.problems))


READER = ModelReader()
