import { afterEach, describe, expect, it, vi } from 'vitest';
import { settings } from '../../config.js';
import { ConfigError } from '../../settings/config-error.js';
import { parseCommandLine } from '../command.js';
import { configFrom, configHelp, configOptions } from './config-options.js';
import { configOfFolders, folderHelp, folderOptions } from './folder-options.js';

afterEach(() => void vi.unstubAllEnvs());

const configOf = (...args: readonly string[]) => configFrom(parseCommandLine(args, configOptions).values);

describe('the settings as options', () => {
  it('come from the command line before the environment', () => {
    vi.stubEnv('VISIOND_WORKERS', '3');
    vi.stubEnv('VISIOND_MAX_QUEUE', '7');
    const { workers, 'max-queue': queue, insecure } = configOf('--workers', '5', '--insecure');
    expect([workers, queue, insecure]).toEqual([5, 7, true]);
  });

  it('need a value, but for switches', () => {
    expect(() => configOf('--workers')).toThrow("Option '--workers <value>' argument missing.");
    expect(() => configOf('--insecure=yes')).toThrow("Option '--insecure' does not take an argument.");
    expect(() => configOf('--workers', 'many')).toThrow(ConfigError);
  });

  it('are all in the help, each with its variable', () => {
    for (const name of Object.keys(settings)) {
      expect(configHelp).toMatch(new RegExp(`^ {2}--${name}[ \\n]`, 'm'));
      expect(configHelp.replaceAll(/\s+/g, ' ')).toContain(
        `Environment: VISIOND_${name.toUpperCase().replaceAll('-', '_')}`,
      );
    }
    expect(configHelp).toContain('Default 127.0.0.1:8080.');
    expect(configHelp).not.toContain('Default false');
  });
});

describe('the folders as options', () => {
  it('come from the command line before the environment', () => {
    vi.stubEnv('VISIOND_DATA_DIR', '/of-environment');
    vi.stubEnv('VISIOND_MODELS_DIR', '/of-environment/models');
    const { values } = parseCommandLine(['--data-dir', '/of-flag'], folderOptions);
    const { 'data-dir': data, 'models-dir': models } = configOfFolders(values);
    expect([data, models]).toEqual(['/of-flag', '/of-environment/models']);
    for (const name of Object.keys(folderOptions)) expect(folderHelp).toContain(`  --${name} DIR`);
  });
});
