# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Årsrapporten
#
# Den här anteckningsboken gör årsrapporten. Varje cell visar en del av den; rapporten är cellernas
# utdata i ordning, utan kod och utan sådana här textrutor. Vill du ändra rapporten: ändra, flytta
# eller lägg till celler och kör om med `kanalarkiv report --year ÅR`.
#
# Den läser bara: arkivets siffror (inga ord, inga personer) och kanalregistret. Spara den inte med
# utdata någon annanstans än i arkivet.

# %% tags=["parameters"]
archive_location = "./archive"
register_path = "register.toml"
year = 2025
now = "2026-01-15T12:00:00+01:00"

# %%
import datetime as dt
from pathlib import Path

from IPython.display import HTML, display

from archive_store import archive_at
from tasks.register import load_register
from tasks.report.gathering import gather
from tasks.report.pages import channel_page, method_page, months_page, summary_page, title_page

moment = dt.datetime.fromisoformat(now)
archive = archive_at(archive_location)
register = load_register(Path(register_path))

# %% [markdown]
# `years` är en rad per kanal: `years[0].months` är kanalens månadsfakta som tabell (pandas),
# `years[0].figures` årets summor och `years[0].goals` målen mot utfallet.

# %%
years = gather(archive, register, year, now=moment)

# %% [markdown]
# ## Titelsida

# %%
title = f"Årsrapport sociala medier {year} – {register.organisation.name}"
display(HTML(title_page(archive, register, years, year, moment)), metadata={"title": title})

# %% [markdown]
# ## Sammanfattning

# %%
display(HTML(summary_page(register, years, year)))

# %% [markdown]
# ## En sida för varje kanal

# %%
for channel in years:
    display(HTML(channel_page(channel, year)))

# %% [markdown]
# ## Siffrorna månad för månad, och hur de är räknade

# %%
display(HTML(months_page(years, year)))

# %%
display(HTML(method_page(year)))
