"""Learning without forgetting."""

import torch.nn.functional as F
from torch import Tensor, nn

from mmvireid.models.precision import at_least_float32, without_autocast
from mmvireid.registry import MODELS

FORMS = ('kl', 'bce_log_softmax')


@MODELS.register_module()
class DistillationLoss(nn.Module):
    """Keeps the softened class scores of a teacher.

    Li & Hoiem, "Learning without Forgetting" (ECCV 2016), Eq. 2 and 3, after
    Hinton et al., "Distilling the Knowledge in a Neural Network" (2015).

    Args:
        temperature (float): What logits are divided by. Defaults to 2.
        form (str): ``'kl'``, the divergence of the scores, averaged over the
            images, whose gradient is that of the paper's cross entropy; or
            ``'bce_log_softmax'``, SPNet's released form: a binary cross
            entropy that takes the logarithms of the student's scores for
            logits, averaged over images and classes. Defaults to ``'kl'``.

    Raises:
        ValueError: If the form is unknown or the temperature not positive.
    """

    def __init__(self, temperature: float = 2.0, form: str = 'kl') -> None:
        super().__init__()
        if form not in FORMS:
            raise ValueError(f'form must be one of {FORMS}, not "{form}".')
        if temperature <= 0:
            raise ValueError(
                f'temperature must be positive, but it is {temperature}.'
            )
        self.temperature = temperature
        self.form = form

    def forward(self, student: Tensor, teacher: Tensor) -> Tensor:
        """Compare the logits of the same images.

        Args:
            student (Tensor): ``(B, C)`` logits.
            teacher (Tensor): ``(B, C)`` logits; they get no gradient.

        Returns:
            Tensor: A scalar in float32 (or float64).
        """
        with without_autocast(student):
            student, teacher = (
                at_least_float32(logits) / self.temperature
                for logits in (student, teacher.detach())
            )
            scores = student.log_softmax(dim=1)
            if self.form == 'kl':
                wanted = teacher.log_softmax(dim=1)
                return F.kl_div(
                    scores, wanted, reduction='batchmean', log_target=True
                )
            return F.binary_cross_entropy_with_logits(
                scores, teacher.softmax(dim=1)
            )
