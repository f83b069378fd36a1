const ldap = require('ldapjs');
const express = require('express');
const passport = require('passport');
const Account = require('./models/account');

const client = ldap.createClient({ url: process.env.LDAP_URL });
const router = express.Router();

router.use(passport.authenticate('jwt', { session: false }));

router.get('/people', (req, res, next) => {
  const options = { scope: 'sub', filter: `(&(objectClass=person)(uid=${req.query.uid}))` }; // finds: js-ldap-injection
  client.search('dc=shop', options, (error, result) => {
    if (error) {
      return next(error);
    }
    const people = [];
    result.on('searchEntry', (entry) => people.push(entry.pojo));
    return result.on('end', () => res.json(people));
  });
});

router.get('/people/safe', (req, res) => {
  const filter = new ldap.EqualityFilter({ attribute: 'uid', value: req.query.uid });
  client.search('dc=shop', { filter }, () => res.end()); // clean
});

router.patch('/accounts/:id', async (req, res) => {
  const account = await Account.findById(req.params.id);
  Object.assign(account, req.body); // finds: js-mass-assignment
  await account.save();
  res.json(account);
});

router.get('/accounts', async (req, res) => {
  const filter = { active: true };
  res.json(await Account.find({ ...filter, role: req.query.role })); // finds: js-nosql-injection
});

router.get('/accounts/script', async (req, res) => {
  res.json(await Account.find({ $where: `this.name == '${req.query.name}'` })); // finds: js-nosql-script
});

router.get('/plugins/:name', (req, res) => {
  const plugin = require('./plugins/' + req.params.name); // finds: js-dynamic-module
  res.json(plugin.describe());
});

module.exports = router;
