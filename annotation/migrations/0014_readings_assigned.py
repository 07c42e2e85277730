from django.db import migrations


def keep_what_was_read(apps, _):
    """Write down for each reading how it was exposed, and that its reader had the case."""
    readings = apps.get_model('annotation', 'Reading')._base_manager
    assignments = apps.get_model('annotation', 'Assignment')._base_manager
    newest, positions = {}, {}
    for reading in readings.select_related('protocol', 'case').order_by('opened_at'):
        readings.filter(pk=reading.pk).update(exposure=reading.protocol.proposal_exposure)
        newest[reading.case_id, reading.reader_id] = reading
    for reading in newest.values():
        place = (reading.reader_id, reading.case.dataset_id)
        positions[place] = positions.get(place, 0) + 1
        assignments.create(
            case_id=reading.case_id,
            reader_id=reading.reader_id,
            protocol_id=reading.protocol_id,
            position=positions[place],
            exposure=reading.protocol.proposal_exposure,
            created_at=reading.opened_at,
            done_at=reading.submitted_at,
        )


class Migration(migrations.Migration):

    dependencies = [
        ('annotation', '0013_protocol'),
    ]

    operations = [
        migrations.RunPython(keep_what_was_read, migrations.RunPython.noop, elidable=True),
    ]
