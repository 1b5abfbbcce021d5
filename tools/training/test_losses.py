"""What is made small, helpers included."""

import math
import unittest

import torch

import losses
from helpers import SPEED, Helpers, Truth


class Losses(unittest.TestCase):
    def test_spread_labels_are_distributions_that_keep_the_event(self):
        labels = torch.tensor([[0, 0, 0, 3, 0, 0, 0]])
        for spread in (0.0, 0.5, 2.0):
            found = losses.targets(labels, 6, spread)
            torch.testing.assert_close(found.sum(-1), torch.ones(1, 7))
            self.assertEqual(found[0, 3, 3], 1)
        self.assertEqual(losses.targets(labels, 6, 0.0)[0, 2, 3], 0)
        self.assertGreater(losses.targets(labels, 6, 1.0)[0, 2, 3], 0.4)

    def test_labels_spread_no_further_than_the_clip(self):
        found = losses.targets(torch.tensor([[0, 2, 0, 0]]), 6, 10.0)
        torch.testing.assert_close(found.sum(-1), torch.ones(1, 4))
        torch.testing.assert_close(found[0, :, 2], torch.tensor([1 / 2, 1, 1 / 2, 1 / 3]))

    def test_look_ahead_leaves_out_the_frames_that_have_less(self):
        weights = losses.frame_weights(20, 3, 4)
        self.assertTrue((weights[17:] == 0).all() and weights[16] > weights[0] > 0)
        torch.testing.assert_close(losses.frame_weights(20, -1, 4), torch.ones(20))

    def test_saliency_is_drawn_to_the_ball(self):
        ball = torch.tensor([[0.375, 0.125], [torch.nan, torch.nan]])  # the middle of a cell of 4 × 4; out of sight
        there, elsewhere = torch.zeros(2, 3, 4, 4), torch.zeros(2, 3, 4, 4)
        there[:, :, 1, 0], elsewhere[:, :, 3, 3] = 5, 5
        self.assertLess(losses.saliency_loss(there, ball).item(), 0.01)
        self.assertGreater(losses.saliency_loss(elsewhere, ball).item(), 4)
        self.assertEqual(losses.saliency_loss(there, torch.full((2, 2), torch.nan)).item(), 0)
        maps = torch.rand(2, 3, 4, 4, generator=torch.Generator().manual_seed(1)).requires_grad_()
        losses.saliency_loss(maps, ball).backward()
        self.assertTrue((maps.grad[0, :, 1, 0] < 0).all())  # more there is better
        self.assertEqual(maps.grad[1].abs().max().item(), 0)

    def test_a_ball_between_cells_belongs_to_its_neighbours(self):
        weights = losses.cell_weights(torch.tensor([[0.5, 0.125], [0.0, 1.0], [0.3125, 0.375]]), (4, 4))
        self.assertTrue(torch.allclose(weights.sum((1, 2)), torch.ones(3)))
        self.assertTrue(torch.allclose(weights[0, 1:3, 0], torch.tensor([0.5, 0.5])))
        self.assertEqual(weights[1, 0, 3].item(), 1)
        self.assertTrue(torch.allclose(weights[2, 0:2, 1], torch.tensor([0.25, 0.75])))

    def test_truth_within_regions(self):
        ball = torch.tensor([[[0.5, 0.5], [0.5, 0.52], [0.54, 0.52], [torch.nan, torch.nan]]])
        truth = Truth.of(ball, torch.eye(4)[None], torch.tensor([1.0, 0.5, 2, 1]))
        expected = SPEED * torch.tensor([0, 0.02, 0.04, 0])
        torch.testing.assert_close(truth.motion[1], expected)
        self.assertTrue(truth.motion[0, :2].isnan().all() and truth.motion[2, 2:].isnan().all() and truth.motion[3].isnan().all())
        boxes = torch.tensor([[0.25, 0.4, 0.5, 0.2], [0.0, 0.0, 0.4, 0.4], [torch.nan] * 4, [0.0, 0.0, 1.0, 1.0]])
        seen = truth.within(boxes)
        torch.testing.assert_close(seen.places[0], torch.tensor([0.5, 0.5]))
        self.assertTrue(seen.places[1:].isnan().all())  # outside; no region; no ball
        torch.testing.assert_close(seen.weights, truth.weights)

    def test_helpers_ask_at_the_balls_cell(self):
        ball = torch.tensor([[[0.6, 0.3], [0.6, 0.3]], [[torch.nan] * 2] * 2])
        truth = Truth.of(ball, torch.eye(3)[None, [1, 0]].repeat(2, 1, 1), torch.ones(2))
        helpers = Helpers((4, 8), 2)
        maps = [torch.randn(4, 4, 10, 10).requires_grad_(), torch.randn(4, 8, 5, 5).requires_grad_()]
        parts = helpers(maps, truth, 5.0)
        sum(parts.values()).backward()
        for level, (row, column) in zip(maps, ((6, 3), (3, 1))):
            with torch.no_grad():
                self.assertEqual(level.grad[2:].abs().max().item(), 0)  # no ball is to be seen there
                self.assertGreater(level.grad[0, :, row, column].abs().min(), 0)
        with torch.no_grad():
            for place in helpers.place:
                place.weight.zero_(), place.bias.zero_()
            blind = helpers(maps, truth, 5.0)["ball"].item()
        self.assertAlmostEqual(blind, (math.log(100) + math.log(25)) / 2, places=5)
        nowhere = Truth.of(torch.full((1, 2, 2), torch.nan), torch.eye(3)[None, :2], torch.ones(2))
        self.assertEqual({value.item() for value in helpers([level[:2] for level in maps], nowhere, 5.0).values()}, {0.0})

    def test_unweighted_loss_is_cross_entropy(self):
        logits, labels = torch.randn(2, 5, 7), torch.randint(0, 7, (2, 5))
        loss = losses.class_loss(logits, losses.targets(labels, 6, 0), 1, torch.ones(5))
        torch.testing.assert_close(loss, torch.nn.functional.cross_entropy(logits.flatten(0, 1), labels.flatten()))


if __name__ == "__main__":
    unittest.main()
