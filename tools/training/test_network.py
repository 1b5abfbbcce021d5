"""The network as it is trained, and what it begins with."""

import unittest
from dataclasses import replace

import torch

from checkpoints import begin_from
from fixtures import SMALL, clip
from network import TrainableAdaSpot, stages


class Network(unittest.TestCase):
    def model(self) -> TrainableAdaSpot:
        torch.manual_seed(1)
        model = TrainableAdaSpot(SMALL)
        model.initialise()
        for gate in (m for name, m in model.named_modules() if name.endswith(".gs")):
            torch.nn.init.normal_(gate.conv3D.weight, std=0.2)
        for name, parameter in model.named_parameters():
            if name.endswith("conv3.bn.weight"):
                torch.nn.init.constant_(parameter, 0.3)
        return model

    def test_clips_of_a_batch_do_not_touch(self):
        model = self.model()
        frames = torch.stack([clip(1).frames, clip(2).frames]).float()
        with torch.no_grad():
            together = model.scores(frames).logits
            for index in range(2):
                alone = model.scores(frames[index : index + 1]).logits
                for head in alone:
                    torch.testing.assert_close(together[head][index], alone[head][0], atol=2e-4, rtol=1e-3)

    def test_it_scores_as_the_inference_network_does(self):
        model = self.model()
        frames = clip(1).frames
        with torch.no_grad():
            batch = model.scores(frames[None].float(), ("fused",)).logits
            model.set_clips(1)
            (alone,) = model(frames)
        torch.testing.assert_close(batch["fused"][0], alone, atol=2e-4, rtol=1e-3)

    def test_frozen_norms_change_nothing_but_the_speed(self):
        model = self.model()
        for module in model.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                torch.nn.init.normal_(module.running_mean, std=0.1)
                torch.nn.init.uniform_(module.running_var, 0.5, 2)
        frames = clip(1).frames[None].float()
        with torch.no_grad():
            plain = model.scores(frames).logits
            model.use_channels_last()
            model.freeze_norms()
            folded = model.scores(frames).logits
        for head in plain:
            torch.testing.assert_close(folded[head], plain[head], atol=2e-4, rtol=1e-3)

    def test_a_branch_that_is_kept_learns_nothing(self):
        model = self.model()
        found = model.scores(clip(1).frames[None].float(), ("fused", "highres"), kept=("lowres",)).logits
        sum(value.sum() for value in found.values()).backward()
        self.assertIsNone(model.lowres_backbone.stem.conv[1].weight.grad)
        self.assertIsNotNone(model.highres_backbone.stem.conv[1].weight.grad)

    def test_the_other_branch_and_all_heads_begin_as_the_low_resolution_ones(self):
        model = self.model()
        model.copy_lowres()
        state = model.state_dict()
        for name, value in state.items():
            if "lowres" in name:
                for other in {name.replace("lowres", "highres"), name.replace("_lowres.", ".")} & set(state):
                    torch.testing.assert_close(state[other], value, msg=other)
        self.assertTrue(state["_pred_fine._fc_out.weight"].equal(state["_pred_fine_lowres._fc_out.weight"]))

    def test_boxes_tell_where_the_regions_are(self):
        model = self.model()
        pictures = clip(1).frames.float()
        model.set_clips(1)
        with torch.no_grad():
            maps = stages(model.lowres_backbone, model.normalise(pictures, SMALL.lr_dim, SMALL.lr_crop))
            crops, boxes = model._regions(pictures, maps[-1], 1)
        pixels = boxes * torch.tensor([128, 160, 128, 160])
        compared = 0
        for picture, crop, (top, left, rows, columns) in zip(pictures, crops, pixels.round().int().tolist()):
            if (rows, columns) == SMALL.roi_size:
                part = picture[None, :, top : top + rows, left : left + columns]
                torch.testing.assert_close(model.normalise(part, SMALL.roi_size, SMALL.roi_size)[0], crop)
                compared += 1
        self.assertGreater(compared, 0)
        self.assertTrue(model.scores(pictures[None], ("fused",)).boxes.equal(boxes))

    def test_a_closed_gate_changes_nothing(self):
        torch.manual_seed(2)
        plain = TrainableAdaSpot(replace(SMALL, blocks_temporal=(False,) * 4))
        plain.initialise()
        for name, parameter in plain.named_parameters():
            if name.endswith("conv3.bn.weight"):
                torch.nn.init.constant_(parameter, 0.3)
        shifting = TrainableAdaSpot(SMALL)
        begin_from(shifting, plain.state_dict())
        frames = clip(1).frames[None].float()
        with torch.no_grad():
            expected, found = (model.scores(frames, ("lowres",)).maps["lowres"][-1] for model in (plain, shifting))
        torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-3)


if __name__ == "__main__":
    unittest.main()
