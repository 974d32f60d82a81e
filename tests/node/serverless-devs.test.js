// The real `s`, as far as it goes without a network: it stops where it would fetch the component.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const project = fileURLToPath(new URL('../..', import.meta.url));
const command = fileURLToPath(new URL('node_modules/.bin/s', import.meta.url));
const required = { SMS_CONNECTOR_CONFIG: '{}' };
const files = ['s.yaml', 's.web.yaml'];
const noNetwork = /getaddrinfo|ECONNREFUSED|ECONNRESET|ETIMEDOUT/;

let folder;

before(() => {
  folder = mkdtempSync(join(tmpdir(), 's-'));
  const config = join(folder, 'home', '.s', 'config');
  mkdirSync(config, { recursive: true });
  // Just asked for an update: otherwise it leaves a process behind that asks.
  writeFileSync(join(config, 'update-notifier.json'), JSON.stringify({ lastUpdateCheck: Date.now() }));
});

after(() => rmSync(folder, { recursive: true }));

/** Run `s` in a directory, with a home of its own and these settings alone. */
const s = (cwd, args, settings = {}) => {
  const env = { PATH: process.env.PATH, HOME: join(folder, 'home'), ...settings };
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, env, encoding: 'utf8', timeout: 60_000 });
  return { status, output: stdout + stderr };
};

/** Have a file verified, with a change made to it. */
const verify = (file, settings, change = (text) => text) => {
  const directory = mkdtempSync(join(folder, 'project-'));
  writeFileSync(join(directory, file), change(readFileSync(join(project, file), 'utf8')));
  return s(directory, ['verify', '-t', file], settings);
};

/** Return what a file deploys with these settings. */
const preview = (file, settings) => {
  const { output } = s(project, ['preview', '-o', 'json', '-t', file], settings);
  return JSON.parse(output.slice(output.indexOf('{'))).resources.sms;
};

const assertVerified = ({ status, output }) => assert.ok(status === 0 || noNetwork.test(output), output);

for (const file of files) {
  describe(`s verify -t ${file}`, () => {
    it('finds nothing wrong, with the one setting that has no default', () => {
      assertVerified(verify(file, required));
    });

    it('takes an empty variable, which it treats as a missing one, for any other setting', () => {
      const names = readFileSync(join(project, file), 'utf8').match(/SMS_CONNECTOR_[A-Z_]+(?=', )/g);
      assert.ok(names.length > 8);
      assertVerified(verify(file, { ...required, ...Object.fromEntries(names.map((name) => [name, ''])) }));
    });

    for (const name of Object.keys(required)) {
      it(`names ${name} where it is not set`, () => {
        const { status, output } = verify(file, { ...required, [name]: undefined });
        assert.notEqual(status, 0);
        assert.match(output, new RegExp(`env\\('${name}'\\) not found`));
      });
    }

    it('names a variable that does not exist', () => {
      const { status, output } = verify(file, required, (text) => text.replace('${vars.region}', '${vars.regoin}'));
      assert.notEqual(status, 0);
      assert.match(output, /vars\.regoin} not found/);
    });
  });
}

describe('s preview', () => {
  it('passes the settings on unchanged, and deploys what make package makes', () => {
    const config = readFileSync(join(project, 'docs', 'examples', 'connector.example.json'), 'utf8');
    const settings = {
      SMS_CONNECTOR_CONFIG: config,
      SMS_CONNECTOR_AUTHORIZATION: 'Bearer a-key-for-tests',
      SMS_CONNECTOR_ROLE: 'acs:ram::1234:role/sms-connector',
    };
    const { props, actions } = preview('s.yaml', settings);
    assert.deepEqual(props.environmentVariables, {
      SMS_CONNECTOR_CONFIG: config,
      SMS_CONNECTOR_AUTHORIZATION: 'Bearer a-key-for-tests',
      SMS_CONNECTOR_WEBHOOK_SECRETS: '',
      SMS_CONNECTOR_ZITADEL_KEYS: '',
      SMS_CONNECTOR_ANONYMOUS: '',
      SMS_CONNECTOR_BASE_PATH: '',
      SMS_CONNECTOR_DEFAULT_USAGE_TYPE: '',
      SMS_CONNECTOR_LOCALE: '',
      SMS_CONNECTOR_STORE: '',
      SMS_CONNECTOR_SECRET: '',
      SMS_CONNECTOR_REPORT_TOKEN: '',
    });
    assert.equal(props.role, settings.SMS_CONNECTOR_ROLE);
    assert.deepEqual(actions['pre-deploy'], [{ run: 'make package', path: './' }]);
    assert.equal(props.code, './build/function');
    assert.equal(props.instanceConcurrency, undefined); // python3.12 has none
    assert.deepEqual(props.concurrencyConfig, { reservedConcurrency: 20 });
  });

  it('deploys the same package in web mode, as one instance that keeps verifications', () => {
    const { props } = preview('s.web.yaml', required);
    assert.deepEqual([props.runtime, props.code], ['custom.debian11', './build/function']);
    assert.deepEqual(props.customRuntimeConfig, {
      command: ['/var/fc/lang/python3.12/bin/python3'],
      args: ['/code/server.py'],
      port: 9000,
    });
    assert.deepEqual([props.cpu, props.memorySize, props.instanceConcurrency], [0.25, 256, 100]);
    assert.deepEqual(props.concurrencyConfig, { reservedConcurrency: 1 });
    assert.equal(props.environmentVariables.SMS_CONNECTOR_STORE, 'memory://');
    const store = { SMS_CONNECTOR_STORE: 'redis://store' };
    const shared = preview('s.web.yaml', { ...required, ...store }).props;
    assert.equal(shared.environmentVariables.SMS_CONNECTOR_STORE, 'redis://store');
    // All other settings are those of s.yaml.
    const other = preview('s.yaml', { ...required, ...store }).props;
    assert.deepEqual(shared.environmentVariables, other.environmentVariables);
    assert.deepEqual(shared.triggers, other.triggers);
  });
});

describe('s init with the application template', () => {
  let made;

  before(() => {
    const template = spawnSync('make', ['template'], { cwd: project, encoding: 'utf8' });
    assert.equal(template.status, 0, template.stderr);
    // A copy, for `s init` takes a local template away.
    cpSync(join(project, 'build', 'template'), join(folder, 'template'), { recursive: true });
    const parameters = JSON.stringify({ region: 'eu-central-1', functionName: 'codes' });
    made = join(folder, 'made');
    const done = s(folder, ['init', 'codes', '--uri', join(folder, 'template'), '--parameters', parameters, '-d', made, '-y']);
    assert.equal(done.status, 0, done.output);
  });

  it('puts its parameters into s.yaml, and changes nothing else', () => {
    const committed = (file) => spawnSync('git', ['show', `HEAD:${file}`], { cwd: project, encoding: 'utf8' }).stdout;
    const expected = committed('s.yaml')
      .replace('region: cn-hangzhou', 'region: "eu-central-1"')
      .replace('functionName: sms-connector', 'functionName: "codes"');
    assert.equal(readFileSync(join(made, 's.yaml'), 'utf8'), expected);
    assert.equal(readFileSync(join(made, 's.web.yaml'), 'utf8'), committed('s.web.yaml'));
  });

  it('has the texts that the registry shows, in both languages', () => {
    for (const [file, page] of [['readme.md', 'docs/README.zh-CN.md'], ['readme_en.md', 'README.md']]) {
      const committed = spawnSync('git', ['show', `HEAD:${page}`], { cwd: project, encoding: 'utf8' });
      assert.equal(readFileSync(join(project, 'build', 'template', file), 'utf8'), committed.stdout);
    }
  });

  it('makes a project that verifies, and keeps settings out of git', () => {
    for (const file of files) assertVerified(s(made, ['verify', '-t', file], required));
    assert.match(readFileSync(join(made, '.gitignore'), 'utf8'), /^connector\.json$/m);
  });

  it('makes a project from which the package is made, as `s deploy` does first', () => {
    const python = process.env.PYTHON ?? 'python3';
    const packaged = spawnSync(python, ['-m', 'sms_connector', 'package'], { cwd: made, encoding: 'utf8' });
    assert.equal(packaged.status, 0, packaged.stderr);
    assert.ok(existsSync(join(made, 'build', 'function', 'index.py')));
  });
});
