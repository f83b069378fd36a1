import sys, pathlib, tempfile, json
sys.path.insert(0, str(pathlib.Path(__file__).parent))
import stack, demo
folder=pathlib.Path(tempfile.mkdtemp(prefix='aws-'))
print(folder)
repos=folder/'repos'; repos.mkdir()
stack.repository(repos,'starter')
git=stack.git_server(repos)
s=stack.Stack(folder, 4570)
try:
    s.start(auth=False)
    import time; t=time.time()
    s.deploy(Architecture='x86_64', Repositories=f'https://git.example.org/={git.url}/')
    print('deployed', time.time()-t)
    base=s.address().url
    creds=s.invoke('clients',{'create':{'projectKey':'my-shop'}})
    print(base, creds)
    demo.run(s, base, creds)
    print('OK', flush=True); time.sleep(400)
finally:
    s.stop()
