const axios = require('axios');
const express = require('express');
const { authenticate } = require('./auth');

const app = express();
const PSP = process.env.PSP_URL || 'https://psp.shop.io';

app.use(express.json({ limit: '200kb' }));
app.use(authenticate);

app.get('/payments/:id', async (req, res) => {
  const answer = await axios.get(`${PSP}/payments/${req.params.id}`); // clean
  res.json(answer.data);
});

app.post('/payments', async (req, res) => {
  const answer = await axios.post(`${PSP}/payments`, req.body, { // clean
    headers: { authorization: `Bearer ${process.env.PSP_TOKEN}`, 'x-correlation-id': req.headers['x-correlation-id'] },
  });
  res.status(answer.status).json(answer.data);
});

app.post('/webhooks/test', async (req, res) => {
  const { callback, payload } = req.body;
  try {
    const answer = await axios.post(callback, payload); // finds: js-ssrf
    res.json({ status: answer.status });
  } catch (error) {
    res.status(502).json({ message: error.message, stack: error.stack }); // finds: js-stack-trace-sent
  }
});

app.get('/image', async (req, res) => {
  const target = new URL(req.query.src);
  const image = await fetch(target.toString()); // finds: js-ssrf
  res.set('content-type', image.headers.get('content-type'));
  res.send(Buffer.from(await image.arrayBuffer()));
});

app.get('/checked-image', async (req, res) => {
  const target = new URL(req.query.src);
  if (target.protocol !== 'https:' || !['images.shop.io'].includes(target.hostname)) {
    return res.sendStatus(400);
  }
  const image = await fetch(target); // clean
  return res.send(Buffer.from(await image.arrayBuffer()));
});

app.get('/return', (req, res) => {
  const target = req.query.returnUrl || '/';
  res.redirect(target); // finds: js-open-redirect
});

app.get('/thanks', (req, res) => res.redirect(303, `/orders/${encodeURIComponent(req.query.order)}`)); // clean

module.exports = app;
