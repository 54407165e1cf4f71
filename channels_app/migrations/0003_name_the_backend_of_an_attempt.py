from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("channels_app", "0002_find_new_tickets_of_a_domain")]

    operations = [
        migrations.AddField(
            model_name="deliveryattempt",
            name="backend",
            field=models.CharField(
                default="", help_text="The mail backend: only it could prove what became of it.", max_length=200
            ),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="deliveryattempt",
            name="refused",
            field=models.JSONField(default=dict, help_text="Who does not have the mail yet → answer, final."),
        ),
    ]
