// What a namespace and a snapshot of one are read by.

import { Handle } from '../handle.js';
import { Listing } from '../listing.js';
import { octets, scanArguments } from './check.js';
import { layer } from './layer.js';

export class Reading extends Handle {
  async get(key, options) {
    const raw = Handle.raw(this);
    return layer.call(options, (watch) => raw.get(octets(key, 'a key'), watch));
  }

  async info(key, options) {
    const raw = Handle.raw(this);
    return layer.call(options, (watch) => raw.info(octets(key, 'a key'), watch));
  }

  scan(options) {
    const { args, call } = scanArguments(options);
    const open = async (watch) => Handle.raw(this).scan(args, watch);
    // It sees what is there now, and not what is when the first is asked for.
    return new Listing(layer, call, open).begin();
  }

  scanKeys(options) {
    const { args, call } = scanArguments(options);
    const open = async (watch) => Handle.raw(this).scanKeys(args, watch);
    return new Listing(layer, call, open).begin();
  }
}
