const { Router } = require('express');
const request = require('request');
const fs = require('fs/promises');
const path = require('path');
const winston = require('winston');
const { authenticated } = require('./authenticated');

const logger = winston.createLogger({ transports: [new winston.transports.Console()] });
const DOCUMENTS = path.resolve('documents');

module.exports = (config) => {
  const router = Router();
  router.use(authenticated);

  router.post('/refunds', async (req, res, next) => {
    const { orderId, amount, notifyUrl } = req.body;
    try {
      const refund = await config.psp.refund(orderId, amount);
      request.post({ url: notifyUrl, json: refund }, () => {}); // finds: js-ssrf
      logger.info('refunded', { orderId, amount });
      res.status(201).json(refund);
    } catch (error) {
      logger.error(`refund of ${orderId} failed with key ${config.psp.apiKey}`, error); // finds: js-secret-logged
      next(error);
    }
  });

  router.get('/refunds/:id/document', async (req, res) => {
    const wanted = path.join(DOCUMENTS, req.params.id);
    const relative = path.relative(DOCUMENTS, wanted);
    if (relative.startsWith('..')) {
      return res.sendStatus(404);
    }
    return res.type('application/pdf').send(await fs.readFile(wanted)); // clean
  });

  router.get('/refunds/:id/note', async (req, res) => {
    const note = await fs.readFile(path.join(DOCUMENTS, `${req.params.id}.txt`), 'utf8'); // finds: js-path-traversal
    res.send(note);
  });

  router.get('/refunds/:id', async (req, res) => {
    const refund = await config.psp.find(req.params.id);
    if (!refund) {
      res.status(404).send({ message: `There is no refund ${req.params.id}.` });
      return;
    }
    res.send(refund);
  });

  router.get('/help', (req, res) => {
    const topic = req.query.topic;
    res.set('Content-Type', 'text/html');
    res.end('<h2>' + topic + '</h2>'); // finds: js-xss-response
  });
  return router;
};
