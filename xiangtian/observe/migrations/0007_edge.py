from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("observe", "0006_wis2")]

    operations = []
