import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const TRAINING = fileURLToPath(new URL('../../models/training', import.meta.url));

const SCRIPT = `
import sys, json, hashlib, torch
from pathlib import Path
from calibrate import Calibration
from export import manifest, write_onnx
from net import Recogniser, new_net
torch.set_num_threads(1)
torch.manual_seed(3)
out = Path(sys.argv[1])
out.mkdir(parents=True)
model = Recogniser(new_net()).eval()
torch.save(model.net.state_dict(), out / "weights.pt")
write_onnx(model, out / "model.onnx")
sha256 = hashlib.sha256((out / "model.onnx").read_bytes()).hexdigest()
told = manifest(model, out.name, ["phantoms"], Calibration(1.0, 1.0, 1.0, 1.0, 0.0), sha256)
told |= {"licence": "a licence of its own", "usage": "tests only"}
(out / "manifest.json").write_text(json.dumps(told))
`;

/** Writes a whole model folder, with the network as it is before any training: all of it but knowledge. */
export function writeUntrainedModel(folder: string, python: string): void {
  execFileSync(python, ['-B', '-W', 'ignore', '-c', SCRIPT, folder], { cwd: TRAINING });
}
