"""Addresses of what comes in and goes out, of broken links and of numbers: all below /knowledge/."""

from django.urls import path

from knowledge_base.views.staff import imports, links, numbers

IMPORT = "knowledge/import/<int:article_import_id>/"

urlpatterns = [
    path("knowledge/import/", imports.imports, name="knowledge-imports"),
    path(IMPORT, imports.import_page, name="knowledge-import"),
    path(f"{IMPORT}run/", imports.import_run, name="knowledge-import-run"),
    path(f"{IMPORT}stop/", imports.import_stop, name="knowledge-import-stop"),
    path("knowledge/export/<int:centre_id>/", imports.export, name="knowledge-export"),
    path("knowledge/links/", links.links, name="knowledge-links"),
    path("knowledge/links/check/", links.check_again, name="knowledge-links-check"),
    path("knowledge/numbers/", numbers.numbers, name="knowledge-numbers"),
    path("knowledge/numbers/articles.csv", numbers.articles_file, name="knowledge-numbers-file"),
]
