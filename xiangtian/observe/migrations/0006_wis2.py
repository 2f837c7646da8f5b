from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("observe", "0005_bulletin")]

    operations = []
