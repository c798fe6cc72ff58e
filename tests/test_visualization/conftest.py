import cv2
import numpy as np
import pytest

from mmvireid.evaluation import ImageList, SavedFeatures


@pytest.fixture
def saved(tmp_path):
    """Red persons in visible images, dark and bright ones in infrared."""
    rng = np.random.default_rng(0)
    pids, cams, kinds, paths = [], [], [], []
    for modality, cameras in enumerate([(1, 2), (3, 6)]):
        for pid in range(1, 7):
            for cam in cameras:
                path = tmp_path / f'cam{cam}' / f'{pid:04d}' / '0001.png'
                path.parent.mkdir(parents=True, exist_ok=True)
                color = (pid * 20,) * 3 if modality else (0, 0, 255)
                cv2.imwrite(str(path), np.full((48, 24, 3), color, np.uint8))
                pids.append(pid)
                cams.append(cam)
                kinds.append(modality)
                paths.append(str(path))
    pids = np.array(pids)
    features = rng.normal(size=(7, 8))[pids] + rng.normal(size=(24, 8))
    features /= np.linalg.norm(features, axis=1, keepdims=True)
    images = ImageList(pids, np.array(cams), np.array(kinds), paths)
    return SavedFeatures({'bn': features.astype(np.float32)}, images)
