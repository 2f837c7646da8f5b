import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("observe", "0006_wis2")]

    operations = [
        migrations.CreateModel(
            name='EdgeStation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('station', models.CharField(max_length=32, unique=True)),
                ('district', models.CharField(blank=True, max_length=6)),
                ('epoch', models.CharField(blank=True, max_length=40)),
                ('last_seq', models.BigIntegerField(default=0)),
                ('last_received', models.DateTimeField(null=True)),
                ('state', models.JSONField(default=dict)),
                ('state_received', models.DateTimeField(null=True)),
                ('drift_s', models.FloatField(null=True)),
                ('wanted', models.JSONField(default=dict)),
                ('wanted_version', models.IntegerField(default=0)),
                ('wanted_sent', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='EdgeGap',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('epoch', models.CharField(max_length=40)),
                ('first', models.BigIntegerField()),
                ('last', models.BigIntegerField()),
                ('since', models.DateTimeField()),
                ('asked', models.DateTimeField(null=True)),
                ('times_asked', models.IntegerField(default=0)),
                ('state', models.CharField(choices=[('open', '缺号'), ('given_up', '站端已放弃')], default='open', max_length=8)),
                ('station', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='gaps', to='observe.edgestation')),
            ],
            options={
                'indexes': [models.Index(fields=['station', 'epoch', 'first'], name='observe_edg_station_917a37_idx')],
                'constraints': [models.CheckConstraint(condition=models.Q(('last__gte', models.F('first'))), name='edge_gap_is_a_range')],
            },
        ),
        migrations.CreateModel(
            name='EdgeCommand',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('identifier', models.CharField(max_length=32, unique=True)),
                ('verb', models.CharField(max_length=20)),
                ('arguments', models.JSONField(default=dict)),
                ('actor', models.CharField(max_length=80)),
                ('issued', models.DateTimeField()),
                ('expires', models.DateTimeField()),
                ('state', models.CharField(choices=[('waiting', '待发送'), ('sent', '已发送'), ('answered', '已应答'), ('expired', '已过期')], default='waiting', max_length=8)),
                ('sent', models.DateTimeField(null=True)),
                ('answered', models.DateTimeField(null=True)),
                ('ok', models.BooleanField(null=True)),
                ('words', models.TextField(blank=True)),
                ('station', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='commands', to='observe.edgestation')),
            ],
            options={
                'indexes': [models.Index(fields=['state', 'id'], name='observe_edg_state_632b0d_idx')],
            },
        ),
    ]
