from django.db import migrations


class Migration(migrations.Migration):
    """Staff and customers are one kind of id for API clients, who know only "users": customers count from 1,000,001."""

    dependencies = [("customers", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE customers_customer ALTER COLUMN id SET START WITH 1000001 RESTART", migrations.RunSQL.noop
        ),
    ]
