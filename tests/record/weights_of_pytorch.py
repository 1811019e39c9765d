"""Records a model of PyTorch as it saves its weights, and its own forward pass and gradients.

Run it where torch and safetensors are: python tests/record/weights_of_pytorch.py
"""

from pathlib import Path

import torch
from safetensors.torch import save_file

HERE = Path(__file__).parent / "weights"

torch.manual_seed(7)
linear, tanh, sigmoid = torch.nn.Linear, torch.nn.Tanh, torch.nn.Sigmoid
model = torch.nn.Sequential(linear(2, 3), tanh(), linear(3, 3), sigmoid(), linear(3, 1))
save_file(model.state_dict(), HERE / f"pytorch-{torch.__version__.partition('+')[0]}.safetensors")
x, t = torch.tensor([[0.05, 0.1], [-0.5, 0.75]]), torch.tensor([[0.5], [-1.0]])
y = model(x)
(0.5 * (y - t) ** 2).sum(1).mean().backward()
gradients = {f"{name}.grad": parameter.grad for name, parameter in model.named_parameters()}
save_file({"y3": y.detach(), **gradients}, HERE / "pytorch-gradients.safetensors")
