// in_chromium.mjs URL [FLAGS...]: opens the page in headless Chromium and prints what it writes into #self-test-result, as
// soon as it does. Asked through Chromium's own pipe: `--dump-dom` would not wait for work on other threads.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [url, ...flags] = process.argv.slice(2);
const seconds = 120;
const profile = mkdtempSync(join(tmpdir(), 'web-judge-'));
const chromium = spawn('chromium', ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--remote-debugging-pipe',
  `--user-data-dir=${profile}`, ...flags, 'about:blank'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
const [toChromium, fromChromium] = [chromium.stdio[3], chromium.stdio[4]];

function end(code, text) {
  (code ? console.error : console.log)(text);
  chromium.on('exit', () => {
    rmSync(profile, { recursive: true, force: true, maxRetries: 10 });
    process.exit(code);
  });
  chromium.kill('SIGKILL');
}
chromium.on('error', (error) => { console.error(`chromium: ${error.message}`); process.exit(1); });
setTimeout(() => end(1, `the page has said nothing for ${seconds} seconds`), 1000 * seconds);

// Messages are JSON, each with a zero byte behind it; an answer has its question's number.
const waiting = new Map();
let received = '', number = 0;
fromChromium.setEncoding('utf8');
fromChromium.on('data', (text) => {
  received += text;
  for (let at = received.indexOf('\0'); at >= 0; at = received.indexOf('\0')) {
    const message = JSON.parse(received.slice(0, at));
    received = received.slice(at + 1);
    waiting.get(message.id)?.(message);
    waiting.delete(message.id);
  }
});
async function ask(method, params = {}, sessionId = undefined) {
  toChromium.write(JSON.stringify({ id: ++number, method, params, sessionId }) + '\0');
  const answer = await new Promise((done) => waiting.set(number, done));
  if (answer.error) throw new Error(`${method}: ${answer.error.message}`);
  return answer.result;
}

const { targetId } = await ask('Target.createTarget', { url });
const { sessionId } = await ask('Target.attachToTarget', { targetId, flatten: true });
const expression = 'document.getElementById("self-test-result")?.textContent ?? ""';
for (;;) {
  const { result } = await ask('Runtime.evaluate', { expression }, sessionId);
  if (result.value) {
    end(0, result.value);
    break;
  }
  await new Promise((done) => setTimeout(done, 100));
}
