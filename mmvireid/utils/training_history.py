"""Which data a checkpoint has learned from."""


def seen_data(checkpoint: dict) -> list:
    """List the data of a checkpoint's training and of those before it.

    Args:
        checkpoint (dict): As it was loaded.

    Returns:
        list[dict]: The ``dataset_meta`` of its own training first, then those
        of the checkpoints that its weights came from, as far as they tell.
    """
    meta = checkpoint.get('meta', {})
    known = [meta.get('dataset_meta'), *meta.get('pretrained_on', ())]
    return [part for data in known if data for part in parts_of(data)]


def parts_of(dataset_meta: dict) -> list:
    """List the data sets that were joined to one.

    Args:
        dataset_meta (dict): The ``metainfo`` of a data set.

    Returns:
        list[dict]: Theirs; of a single data set, its own.
    """
    return dataset_meta.get('parts') or [dataset_meta]
