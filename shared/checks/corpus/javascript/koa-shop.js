import Koa from 'koa';
import Router from '@koa/router';
import { execaCommand } from 'execa';
import * as childProcess from 'node:child_process';
import { createReadStream } from 'node:fs';
import path from 'node:path';
import jwt from 'koa-jwt';

const app = new Koa();
const router = new Router();
const SIZES = new Set(['s', 'm', 'l']);

app.use(jwt({ secret: process.env.JWT_SECRET }));

router.get('/thumbnail/:size', async (ctx) => {
  if (!SIZES.has(ctx.params.size)) {
    ctx.throw(404);
  }
  ctx.body = createReadStream(path.join('thumbnails', ctx.params.size, 'shop.png')); // clean
});

router.get('/document', async (ctx) => {
  ctx.body = createReadStream(`documents/${ctx.query.name}`); // finds: js-path-traversal
});

router.post('/render', async (ctx) => {
  const { source } = ctx.request.body;
  childProcess.exec(`wkhtmltopdf "${source}" out.pdf`); // finds: js-command-injection
  ctx.status = 202;
});

router.post('/resize', async (ctx) => {
  const width = Number.parseInt(ctx.request.body.width, 10);
  childProcess.execFile('convert', ['in.png', '-resize', `${width}x`, 'out.png']); // clean
  await execaCommand('sync');
  ctx.status = 202;
});

router.get('/go', (ctx) => {
  ctx.redirect(ctx.query.url); // finds: js-open-redirect
});

router.get('/home', (ctx) => {
  ctx.cookies.set('session_id', ctx.state.session, { httpOnly: true, secure: true });
  ctx.redirect('/');
});

router.get('/leave', (ctx) => {
  ctx.cookies.set('session_id', '', { httpOnly: false }); // finds: js-cookie-without-flags
  ctx.redirect('/');
});

app.use(router.routes());
export default app;
