// The generated layer of the module of the engine.

import * as generated from '../generated/sealwood_engine.js';
import { Layer } from '../layer.js';

export const layer = new Layer(generated);
