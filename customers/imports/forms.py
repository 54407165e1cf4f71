"""The forms of an import: the file, and what its columns mean."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from phonenumbers import SUPPORTED_REGIONS

from customers.imports.reading import ENCODINGS
from customers.imports.targets import IDENTITIES, targets_for
from customers.models import FieldOf, ImportJob, MatchBy


class UploadForm(forms.Form):
    of = forms.ChoiceField(label=gettext_lazy("What is in it"), choices=FieldOf.choices)
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV or XLSX, 25 MB at most. Its first row names the columns."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
    )


class MappingForm(forms.ModelForm[ImportJob]):
    """One choice for each column of the file, and how records are found."""

    class Meta:
        model = ImportJob
        fields: ClassVar = ["match_by", "update_existing", "create_organisations", "country"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"] = forms.ChoiceField(
            label=_("Phone numbers without a country are from"),
            required=False,
            choices=[("", "–"), *((code, code) for code in sorted(SUPPORTED_REGIONS))],
        )
        if self.instance.of == FieldOf.ORGANISATION:
            for name in ("match_by", "create_organisations", "country"):
                del self.fields[name]
        choices = [("", _("Leave out")), *targets_for(self.instance.of)]
        for place, title in enumerate(self.instance.header):
            known = self.instance.mapping[place] if place < len(self.instance.mapping) else ""
            self.fields[f"column_{place}"] = forms.ChoiceField(
                label=str(title) or _("Column %(number)s") % {"number": place + 1},
                required=False,
                choices=choices,
                initial=known,
            )

    def columns(self) -> Iterator[tuple[BoundField, list[str]]]:
        """Each with the first values of its column."""
        for place in range(len(self.instance.header)):
            values = [row[place][:60] for row in self.instance.sample if place < len(row) and row[place]]
            yield self[f"column_{place}"], values[:3]

    def options(self) -> list[BoundField]:
        return [self[name] for name in self.Meta.fields if name in self.fields]

    @property
    def mapping(self) -> list[str]:
        return [self.cleaned_data.get(f"column_{place}", "") for place in range(len(self.instance.header))]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        seen: set[str] = set()
        for place in range(len(self.instance.header)):
            target = cleaned.get(f"column_{place}", "")
            if target and target in seen:
                self.add_error(f"column_{place}", _("Another column goes there already."))
            seen.add(target)
        seen.discard("")
        if not seen:
            self.add_error(None, _("Say of at least one column what it means."))
        by = cleaned.get("match_by", MatchBy.ANY)
        if self.instance.of == FieldOf.CUSTOMER and by != MatchBy.ANY and by not in seen and seen:
            known = {"what": IDENTITIES[str(by)]}
            self.add_error("match_by", _("No column goes to “%(what)s”.") % known)
        return cleaned


class EncodingForm(forms.Form):
    encoding = forms.ChoiceField(label=gettext_lazy("Charset"), choices=[(name, name.upper()) for name in ENCODINGS])
    delimiter = forms.ChoiceField(
        label=gettext_lazy("Between the columns"),
        choices=[(",", ","), (";", ";"), ("\t", gettext_lazy("Tabulator")), ("|", "|")],
    )

    def __init__(self, job: ImportJob, data: Any = None) -> None:
        super().__init__(data, initial={"encoding": job.encoding, "delimiter": job.delimiter})
        field = self.fields["encoding"]
        assert isinstance(field, forms.ChoiceField)
        if job.encoding not in ENCODINGS:
            field.choices = [(job.encoding, job.encoding.upper()), *((name, name.upper()) for name in ENCODINGS)]
