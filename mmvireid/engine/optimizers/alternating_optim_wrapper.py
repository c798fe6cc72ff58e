"""Two optimisers that take turns."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from mmengine.optim import OptimWrapper
from torch import Tensor, nn

from mmvireid.registry import OPTIM_WRAPPERS

#: whose turn it may be
TURNS = ('network', 'architecture')


@OPTIM_WRAPPERS.register_module()
class AlternatingOptimWrapper(OptimWrapper):
    """Owns two optimisers and steps the one whose turn it is.

    In a step no gradient is computed for the parameters that rest: inside
    :meth:`optim_context` they ask for none. Each optimiser keeps a wrapper of
    its own, which in mixed precision has a loss scale of its own. Schedulers
    and ``get_lr`` act on the network's; the architecture's learning rate
    stays.

    :class:`AlternatingOptimWrapperConstructor` builds it from a config. Under
    DistributedDataParallel set ``find_unused_parameters = True``.

    Args:
        network (OptimWrapper): Of the network's weights.
        architecture (OptimWrapper): Of the architecture's weights.

    Attributes:
        turn (str): ``'network'`` or ``'architecture'``. It is part of the
            state. :class:`~mmvireid.engine.hooks.AlternatingTurnHook` sets
            it before each iteration.

    Raises:
        ValueError: If a wrapper accumulates gradients.
    """

    def __init__(
        self, network: OptimWrapper, architecture: OptimWrapper
    ) -> None:
        super().__init__(network.optimizer)
        self.wrappers = dict(zip(TURNS, (network, architecture), strict=True))
        if any(w._accumulative_counts > 1 for w in self.wrappers.values()):
            raise ValueError(
                'AlternatingOptimWrapper updates in every iteration, for '
                'successive batches are of different turns; leave out '
                'accumulative_counts.'
            )
        self._parameters = {
            turn: [p for p in _parameters(wrapper) if p.requires_grad]
            for turn, wrapper in self.wrappers.items()
        }
        self.turn = TURNS[0]

    @property
    def current(self) -> OptimWrapper:
        """OptimWrapper: The one whose turn it is."""
        return self.wrappers[self.turn]

    @property
    def param_groups(self) -> list:
        """list[dict]: Those of the network's optimiser."""
        return self.wrappers[TURNS[0]].param_groups

    def get_lr(self) -> dict:
        """Return the learning rates of both.

        Returns:
            dict[str, list[float]]: The network's, and ``architecture_lr``.
        """
        network, architecture = self.wrappers.values()
        return {
            **network.get_lr(),
            'architecture_lr': architecture.get_lr()['lr'],
        }

    @contextmanager
    def optim_context(self, model: nn.Module) -> Iterator[None]:
        """Run a forward pass whose graph leaves out what rests.

        Args:
            model (nn.Module): The model.

        Yields:
            None: In the context of the current wrapper.
        """
        for turn, parameters in self._parameters.items():
            _require_grad(parameters, turn == self.turn)
        with self.current.optim_context(model):
            yield

    def update_params(
        self,
        loss: Tensor,
        step_kwargs: dict | None = None,
        zero_kwargs: dict | None = None,
    ) -> None:
        """Compute gradients and step the current optimiser.

        Args:
            loss (Tensor): A scalar.
            step_kwargs (dict, optional): Arguments of its ``step``.
            zero_kwargs (dict, optional): Arguments of ``zero_grad``.
        """
        super().update_params(loss, step_kwargs, zero_kwargs)
        for parameters in self._parameters.values():
            _require_grad(parameters, True)

    def backward(self, loss: Tensor, **kwargs) -> None:
        """Compute gradients by the current wrapper.

        Args:
            loss (Tensor): A scalar.
            **kwargs: Passed on.
        """
        self.current.backward(loss, **kwargs)
        self._inner_count += 1

    def step(self, **kwargs) -> None:
        """Step the current optimiser.

        Args:
            **kwargs: Passed on.
        """
        self.current.step(**kwargs)

    def zero_grad(self, **kwargs) -> None:
        """Clear the gradients of both.

        Args:
            **kwargs: Passed on.
        """
        for wrapper in self.wrappers.values():
            wrapper.zero_grad(**kwargs)

    def state_dict(self) -> dict:
        """Return the state of both, and whose turn it is."""
        states = {t: w.state_dict() for t, w in self.wrappers.items()}
        return dict(states, turn=self.turn)

    def load_state_dict(self, state_dict: dict) -> None:
        """Restore the state of both, and whose turn it is.

        Args:
            state_dict (dict): What :meth:`state_dict` gave.

        Raises:
            ValueError: If it is the state of a single optimiser.
        """
        missing = {*TURNS, 'turn'} - set(state_dict)
        if missing:
            raise ValueError(
                f'The optimiser state lacks {sorted(missing)}: the '
                'checkpoint is not of a search. Resume from a checkpoint of '
                'the same config.'
            )
        for turn, wrapper in self.wrappers.items():
            wrapper.load_state_dict(state_dict[turn])
        self.turn = state_dict['turn']


def _parameters(wrapper: OptimWrapper) -> list:
    groups = wrapper.optimizer.param_groups
    return [parameter for group in groups for parameter in group['params']]


def _require_grad(parameters: Sequence, required: bool) -> None:
    for parameter in parameters:
        parameter.requires_grad_(required)
