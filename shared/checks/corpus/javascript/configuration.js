'use strict';

const apiKey = 'c0ffee11deadbeef22f00d33'; // finds: js-hard-coded-secret

module.exports = {
  port: process.env.PORT || 8080,
  psp: {
    url: process.env.PSP_URL || 'https://psp.shop.io',
    merchant: 'ShopGmbH',
    apiKey,
    webhookSecret: process.env.WEBHOOK_SECRET,
  },
  database: {
    host: 'db.internal',
    user: 'connector',
    password: 'S0mmer2024!', // finds: js-hard-coded-secret
  },
  mongo: 'mongodb+srv://connector:j8Kq2mZ1@cluster7.k3x9a.mongodb.net/orders', // finds: js-credentials-in-url
  redis: `redis://${process.env.REDIS_USER}:${process.env.REDIS_PASSWORD}@${process.env.REDIS_HOST}:6379`,
  local: 'postgres://postgres:postgres@localhost:5432/shop',
  jwtSecret: process.env.JWT_SECRET || 'shop-dev-1234', // finds: js-hard-coded-secret
  headers: { tokenHeader: 'x-shop-token', passwordField: 'password' },
  labels: { password: 'Passwort', apiKey: 'API-Schlüssel' },
  passwordPolicy: '^(?=.*[0-9]).{12,}$',
};
