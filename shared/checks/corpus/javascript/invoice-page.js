const express = require('express');
const ejs = require('ejs');
const escapeHtml = require('escape-html');
const Handlebars = require('handlebars');
const router = express.Router();
const { authorize } = require('../authorize');

const MAIL = Handlebars.compile('<p>{{name}}</p>');
const RAW = Handlebars.compile('<p>{{name}}</p>', { noEscape: true }); // finds: js-template-escaping-off

router.get('/invoice', authorize, (req, res) => {
  const { name } = req.query;
  res.send(`<html><body><h1>Invoice for ${name}</h1></body></html>`); // finds: js-xss-response
});

router.get('/invoice/safe', authorize, (req, res) => {
  res.send('<h1>Invoice for ' + escapeHtml(req.query.name) + '</h1>'); // clean
});

router.get('/invoice/text', authorize, (req, res) => {
  res.type('text/plain');
  res.send(`Invoice for ${req.query.name}`); // clean
});

router.get('/invoice/:id', authorize, async (req, res) => {
  const order = await req.orders.find(req.params.id);
  if (!order) {
    return res.status(404).send('No invoice ' + req.params.id); // finds: js-xss-response
  }
  return res.send(order); // clean
});

router.post('/preview', authorize, (req, res) => {
  const page = ejs.render(req.body.template, { total: 12 }); // finds: js-template-injection
  res.json({ page, mail: MAIL({ name: req.body.name }), raw: RAW({}) });
});

router.post('/formula', authorize, (req, res) => {
  const total = eval(req.body.formula); // finds: js-eval
  res.json({ total });
});

router.get('/search', authorize, (req, res) => {
  const pattern = new RegExp(req.query.q, 'i'); // finds: js-regex-from-request
  res.json(req.orders.list().filter((order) => pattern.test(order.number)));
});

module.exports = router;
