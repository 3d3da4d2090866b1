"""Read models: what pages, the API and the monitor show. Reads only; nothing here changes anything."""
