import json

from django.db import migrations
from django.db.models import Max, Q
from django.utils.translation import gettext as _

TO_SORT = {"all": [{"field": "public_triage", "operator": "is", "value": "new"}]}


def make_view(apps, schema_editor):
    """For houses that read public posts already, unless somebody has made one."""
    accounts = apps.get_model("channels_app", "ProviderAccount").objects
    views = apps.get_model("tickets", "SavedView").objects
    reads = accounts.filter(Q(options__reads_comments=True) | Q(options__reads_mentions=True))
    if not reads.exists() or any("public_triage" in json.dumps(view.conditions) for view in views.all()):
        return
    last = views.filter(owner=None, team=None).aggregate(last=Max("position"))["last"]
    views.create(title=_("Public posts to sort"), conditions=TO_SORT, position=(last or 0) + 1)


class Migration(migrations.Migration):
    dependencies = [("channels_app", "0014_cases_of_older_public_posts"), ("tickets", "0045_calls_ring")]

    operations = [migrations.RunPython(make_view, migrations.RunPython.noop)]
