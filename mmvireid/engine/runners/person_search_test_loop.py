"""The loop that tests person search."""

import torch
from mmengine.dist import all_gather_object
from mmengine.evaluator import Evaluator
from mmengine.logging import print_log
from mmengine.runner import Runner, TestLoop
from mmengine.runner.amp import autocast
from torch import Tensor
from torch.utils.data import DataLoader

from mmvireid.evaluation import PersonSearchMetric, SearchPlan
from mmvireid.registry import LOOPS
from mmvireid.utils.model import plain_model

from .query_search import embed_boxes, search_scenes

PHASES = ('test', 'val')


@LOOPS.register_module()
class PersonSearchTestLoop(TestLoop):
    """Tests person search in one pass over the scenes or in two.

    *Object-centric* (``model.test_path == 'object'``, or a model that does
    not say): persons are detected once in each scene, and any query is
    compared with them. One pass is enough, for it also embeds the annotated
    boxes of every scene, and so the queries in their own.

    *Query-centric* (``'query'``): what is detected depends on who is looked
    for. A first pass embeds the annotated boxes of all scenes, those of the
    queries among them; a second one looks in each scene for the queries
    whose gallery it is in.

    The loop gives the annotations of the data set to its
    :class:`~mmvireid.evaluation.PersonSearchMetric`. It also validates during
    training: ``val_cfg = dict(type='PersonSearchTestLoop', phase='val')``.

    Args:
        runner (Runner): The runner.
        dataloader (DataLoader | dict): Loader of all scenes of the test set,
            or its config.
        evaluator (Evaluator | dict | list): With one PersonSearchMetric.
        fp16 (bool): Whether to compute in mixed precision. Defaults to
            False.
        phase (str): ``'test'`` or ``'val'``: whose hooks are called.
            Defaults to 'test'.
        queries_per_search (int): Queries that a scene is searched for in one
            call of the model (query-centric). Fewer take less memory, but
            each call computes the scene anew. Defaults to 4096.

    Raises:
        FileNotFoundError: If the files of the protocol are missing.
        ValueError: If the phase is unknown, there is not exactly one
            PersonSearchMetric, or its protocol does not fit the data set.
    """

    def __init__(
        self,
        runner: Runner,
        dataloader: DataLoader | dict,
        evaluator: Evaluator | dict | list,
        fp16: bool = False,
        phase: str = 'test',
        queries_per_search: int = 4096,
    ) -> None:
        super().__init__(runner, dataloader, evaluator, fp16)
        if phase not in PHASES:
            raise ValueError(f'phase must be one of {PHASES}, not {phase!r}.')
        if queries_per_search < 1:
            raise ValueError(
                f'queries_per_search must be at least 1, but is '
                f'{queries_per_search}.'
            )
        self.phase = phase
        self.queries_per_search = queries_per_search
        self.metric = self._find_metric()
        if self.metric.plan is None:
            self.metric.use_records(self._records())
        self._queries: dict[str, Tensor] | None = None
        self._truth: dict[int, Tensor] = {}

    def run(self) -> dict:
        """Test all scenes.

        Returns:
            dict[str, float]: What the metrics say.
        """
        self._call('before_{}')
        self._call('before_{}_epoch')
        self.runner.model.eval()
        model = plain_model(self.runner.model)
        if getattr(model, 'test_path', 'object') == 'query':
            self._embed_queries(self.metric.plan)
        for number, batch in enumerate(self.dataloader):
            self.run_iter(number, batch)
        self._queries = None
        self._truth = {}
        metrics = self.evaluator.evaluate(len(self.dataloader.dataset))
        self._call('after_{}_epoch', metrics=metrics)
        self._call('after_{}')
        return metrics

    @torch.no_grad()
    def run_iter(self, idx: int, data_batch: dict) -> None:
        """Test one batch of scenes.

        Args:
            idx (int): Its number.
            data_batch (dict): As the data loader gives it.
        """
        self._call('before_{}_iter', batch_idx=idx, data_batch=data_batch)
        with autocast(enabled=self.fp16):
            if self._queries is None:
                outputs = self.runner.model.test_step(data_batch)
            else:
                outputs = self._search(data_batch)
        self.evaluator.process(data_samples=outputs, data_batch=data_batch)
        self._call(
            'after_{}_iter',
            batch_idx=idx,
            data_batch=data_batch,
            outputs=outputs,
        )

    def _embed_queries(self, plan: SearchPlan) -> None:
        """Make the first pass of query-centric search."""
        print_log('Embedding the queries in their own scenes', 'current')
        model = plain_model(self.runner.model)
        parts, rows = [], []
        for batch in self.dataloader:
            with autocast(enabled=self.fp16):
                embedded = embed_boxes(model, batch)
            for img_id, boxes in embedded:
                self._truth[img_id] = boxes['reid']
                bounds = plan.boxes(img_id)
                here = torch.arange(bounds.start, bounds.stop)
                asked = torch.isin(here, plan.queries)
                rows.append(here[asked])
                parts.append({k: x[asked] for k, x in boxes.items()})
        mine = {
            name: torch.cat([part[name] for part in parts])
            for name in ('reid', 'locate')
        }
        # Of each process its share; a few scenes are in two of them.
        shares = all_gather_object((torch.cat(rows), mine))
        rows = torch.cat([share[0] for share in shares])
        order = torch.full((len(plan.records.boxes),), -1)
        order[rows] = torch.arange(len(rows))
        order = order[plan.queries]
        if bool((order < 0).any()):
            raise ValueError(
                f'{int((order < 0).sum())} of {len(order)} queries are in '
                'scenes that the data loader does not give. It must go '
                'through the whole test set, without drop_last.'
            )
        device = model.data_preprocessor.device
        self._queries = {
            name: torch.cat([share[1][name] for share in shares])[order].to(
                device
            )
            for name in mine
        }

    def _search(self, batch: dict) -> list:
        """Make a step of the second pass of query-centric search."""
        plan = self.metric.plan
        numbers = [int(sample.img_id) for sample in batch['data_samples']]
        samples = search_scenes(
            plain_model(self.runner.model),
            batch,
            self._queries,
            [plan.wanted(number) for number in numbers],
            self.queries_per_search,
        )
        for sample, number in zip(samples, numbers, strict=True):
            sample.gt_instances.embeddings = self._truth[number]
        return samples

    def _find_metric(self) -> PersonSearchMetric:
        found = [
            metric
            for metric in self.evaluator.metrics
            if isinstance(metric, PersonSearchMetric)
        ]
        if len(found) != 1:
            kinds = [type(m).__name__ for m in self.evaluator.metrics]
            raise ValueError(
                'PersonSearchTestLoop needs exactly one PersonSearchMetric '
                f'in the evaluator, but there are {kinds}.'
            )
        return found[0]

    def _records(self) -> list[dict]:
        dataset = self.dataloader.dataset
        if not hasattr(dataset, 'get_data_info'):
            raise ValueError(
                'PersonSearchTestLoop reads the annotations by the data '
                f"set's get_data_info, which {type(dataset).__name__} does "
                'not have. Test on one data set of scenes, unwrapped.'
            )
        return [dataset.get_data_info(i) for i in range(len(dataset))]

    def _call(self, hook: str, **kwargs) -> None:
        self.runner.call_hook(hook.format(self.phase), **kwargs)
