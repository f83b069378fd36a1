const crypto = require('crypto');
const express = require('express');

const router = express.Router();

router.use(express.json());

router.post('/shopify', (req, res) => {
  const digest = crypto // finds: js-signature-over-parsed-body
    .createHmac('sha256', process.env.SHOPIFY_SECRET)
    .update(JSON.stringify(req.body))
    .digest('base64');
  if (digest !== req.get('X-Shopify-Hmac-Sha256')) { // finds: js-timing-unsafe-comparison
    console.warn('webhook refused', req.headers); // finds: js-headers-logged
    return res.sendStatus(401);
  }
  console.info('webhook taken', req.headers['x-shopify-topic']);
  return res.sendStatus(200);
});

router.post('/stripe', express.raw({ type: 'application/json' }), (req, res) => {
  const expected = crypto.createHmac('sha256', process.env.STRIPE_SECRET).update(req.body).digest();
  const given = Buffer.from(req.get('stripe-signature') || '', 'hex');
  if (given.length !== expected.length || !crypto.timingSafeEqual(given, expected)) { // clean
    return res.sendStatus(401);
  }
  return res.sendStatus(200);
});

module.exports = router;
