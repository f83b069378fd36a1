// Tries to lead the builder out of its working copy, in every way that a script of a build has. Every try may fail.
const fs = require('fs');
const path = require('path');
const { execSync, spawn } = require('child_process');
const [host, stage] = process.argv.slice(2);
const attempt = (work) => { try { work(); } catch { /* refused, as it should be */ } };
const app = process.cwd();
const source = path.dirname(app);
const ways = [host, path.relative(app, host), '/proc/self/root' + host, '/proc/1/root' + host];

ways.forEach((way, number) => {
  attempt(() => fs.symlinkSync(way, `out-${stage}-${number}`));
  attempt(() => fs.symlinkSync(way + '/secret', `out-file-${stage}-${number}`));
  attempt(() => fs.linkSync(way + '/secret', `hard-${stage}-${number}`));
  attempt(() => fs.copyFileSync(way + '/secret', `copy-${stage}-${number}`));
  attempt(() => fs.writeFileSync(way + '/planted', 'x'));
});
// The folders that the builder made: the working copy itself, and those beside it.
for (const name of ['source', 'home', 'tmp', 'lock']) {
  const place = path.join(source, '..', name);
  attempt(() => fs.renameSync(place, place + '-aside'));
  attempt(() => fs.symlinkSync(host, place));
}
attempt(() => fs.renameSync(path.dirname(source), path.dirname(source) + '-aside'));
attempt(() => execSync(`mkfifo pipe-${stage}`, { stdio: 'ignore' }));
attempt(() => execSync(`mknod device-${stage} c 1 3`, { stdio: 'ignore' }));
attempt(() => fs.chmodSync('.', 0o777));
// Folders of the repository that are copied after an install, and of a result.
for (const name of ['late', 'build', 'dist', 'public']) {
  attempt(() => fs.rmSync(name, { recursive: true, force: true }));
  attempt(() => fs.symlinkSync(host, name));
}
// Goes on after the step, if it can.
const loop = `
  const fs = require('fs');
  const end = Date.now() + 20000;
  const attempt = (work) => { try { work(); } catch {} };
  attempt(() => fs.mkdirSync('swap-${stage}'));
  attempt(() => fs.symlinkSync(${JSON.stringify(host)}, 'link-${stage}'));
  while (Date.now() < end) {
    attempt(() => fs.renameSync('swap-${stage}', 'aside-${stage}'));
    attempt(() => fs.renameSync('link-${stage}', 'swap-${stage}'));
    attempt(() => fs.renameSync('swap-${stage}', 'link-${stage}'));
    attempt(() => fs.renameSync('aside-${stage}', 'swap-${stage}'));
  }`;
spawn(process.execPath, ['-e', loop], { detached: true, stdio: 'ignore' }).unref();
if (stage === 'last') {
  attempt(() => fs.renameSync(app, app + '-aside'));
  attempt(() => fs.symlinkSync(host, app));
}
