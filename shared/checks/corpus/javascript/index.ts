import * as dotenv from 'dotenv';
dotenv.config();

import express, { Express } from 'express';
import bodyParser from 'body-parser';
import cors from 'cors';
import helmet from 'helmet';
import session from 'express-session';
import path from 'path';
import serviceRoutes from './routes/service.route';
import { logger } from './utils/logger.utils';
import { errorMiddleware } from './middleware/error.middleware';

const PORT = 8080;
const app: Express = express();

app.disable('x-powered-by');
app.use(helmet({ contentSecurityPolicy: false })); // finds: js-security-headers-off
app.use(cors({ origin: true, credentials: true })); // finds: js-cors-any-origin-with-credentials
app.use(bodyParser.json({ limit: '300mb' })); // finds: js-request-size-unlimited
app.use(bodyParser.urlencoded({ extended: true }));
app.use(
  session({
    secret: process.env.SESSION_SECRET as string,
    resave: false,
    saveUninitialized: false,
    cookie: { httpOnly: false, maxAge: 3_600_000 }, // finds: js-cookie-without-flags
  }),
);
app.use('/files', express.static(path.join(__dirname, '../public'))); // clean
app.use('/', express.static(path.join(__dirname))); // finds: js-static-root-of-sources

app.use('/service', serviceRoutes);
app.use('*', (request, response) => {
  response.status(404).send({ message: 'Path not found.' });
});
app.use(errorMiddleware);

if (process.env.NODE_ENV !== 'production') {
  console.log(process.env); // finds: js-environment-shown
}

const server = app.listen(PORT, () => {
  logger.info(`listening on port ${PORT} in ${process.env.NODE_ENV}`);
});

export default server;
