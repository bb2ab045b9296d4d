import { describe, expect, it } from 'vitest';
import { readConfig } from '../config.js';
import { engineEnvironment } from './engine-child.js';

describe('engineEnvironment', () => {
  it('has the settings of an engine, and nothing of what else the server knows', () => {
    const environment = engineEnvironment(readConfig({ workers: '3' }, {}), { PATH: '/bin', SECRET: 'x' });
    expect(environment).toMatchObject({ PATH: '/bin', VISIOND_WORKERS: '3' });
    expect(environment).not.toHaveProperty('SECRET');
  });

  it('lets glibc give back what it frees, unless the operator wants otherwise', () => {
    const config = readConfig({}, {});
    const name = 'MALLOC_MMAP_THRESHOLD_';
    expect(Number(engineEnvironment(config, {})[name])).toBeGreaterThan(0);
    expect(engineEnvironment(config, { [name]: '65536' })[name]).toBe('65536');
  });
});
