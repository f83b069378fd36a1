const express = require('express');
const multer = require('multer');
const fs = require('fs');
const path = require('path');
const { requireSession } = require('./session');

const storage = multer.diskStorage({
  destination: './uploads',
  filename(req, file, cb) {
    cb(null, Date.now() + '-' + file.originalname); // finds: js-upload-original-name
  },
});
const upload = multer({ storage, limits: { fileSize: 2 * 1024 * 1024 } });
const router = express.Router();

router.use(requireSession);

router.post('/avatars', upload.single('avatar'), (req, res) => {
  res.status(201).json({ file: path.basename(req.file.path) });
});

router.get('/avatars/:name', (req, res) => {
  const file = path.join(__dirname, 'uploads', req.params.name);
  if (!fs.existsSync(file)) { // finds: js-path-traversal
    return res.sendStatus(404);
  }
  return res.sendFile(file); // finds: js-send-file
});

router.delete('/avatars/:name', async (req, res) => {
  const { name } = req.params;
  await fs.promises.unlink(`./uploads/${name}`); // finds: js-path-traversal
  res.sendStatus(204);
});

router.get('/avatars/:name/size', async (req, res) => {
  const file = path.join('uploads', path.basename(req.params.name));
  const { size } = await fs.promises.stat(file); // clean
  res.json({ size });
});

module.exports = router;
