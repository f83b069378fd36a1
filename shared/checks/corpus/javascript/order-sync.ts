import axios, { AxiosInstance } from 'axios';
import https from 'https';
import pino from 'pino';

const log = pino({ level: process.env.LOG_LEVEL ?? 'info' });
process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'; // finds: js-tls-verification-off

interface Erp {
  url: string;
  user: string;
  password: string;
}

export class OrderSync {
  private readonly http: AxiosInstance;
  private token?: string;

  constructor(private readonly erp: Erp) {
    this.http = axios.create({
      baseURL: erp.url,
      timeout: 10_000,
      httpsAgent: new https.Agent({ keepAlive: true, minVersion: 'TLSv1' }), // finds: js-old-tls-version
    });
    log.debug({ user: erp.user, password: erp.password }, 'connecting to the ERP'); // finds: js-secret-logged
  }

  async login(): Promise<void> {
    const { data } = await this.http.post('/login', { user: this.erp.user, password: this.erp.password });
    this.token = data.accessToken;
    log.info({ expires: data.expires_in }, 'token fetched');
    log.trace(`token ${data.accessToken}`); // finds: js-secret-logged
  }

  async send(order: { id: string; url: string }): Promise<number> {
    const answer = await this.http.post(`/orders/${order.id}`, order, {
      headers: { authorization: `Bearer ${this.token}` },
    });
    if (answer.status === 401) {
      log.warn('the token has expired');
    }
    await axios.get(order.url); // clean
    return answer.status;
  }

  async legacy(key: string): Promise<void> {
    await axios.get('http://erp.partner-shop.io/stock', { headers: { 'x-api-key': key } }); // finds: js-secret-over-http
    await axios.get('http://localhost:9000/stock', { headers: { 'x-api-key': key } });
  }
}
