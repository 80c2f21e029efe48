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
# # Utforska kanalernas siffror
#
# En början för den som vill räkna på något som inte står i årsrapporten. Den läser bara ur arkivet,
# och bara siffror: här finns inga ord och inga personer. Öppna den i Jupyter (med jupytext) från
# mappen där `archive` ligger, eller ändra sökvägen nedan.

# %% tags=["parameters"]
archive_location = "./archive"
channel_id = "kommunbloggen"

# %%
import pandas as pd

from archive_store import archive_at
from tasks.facts import COLUMNS, read_monthly

archive = archive_at(archive_location)
sorted(package.labels["channel"] for package in archive.packages("statistics/"))

# %% [markdown]
# En rad per månad. Det som inte är känt är `<NA>`, aldrig noll.

# %%
facts = read_monthly(archive, channel_id).set_index("month")
facts[["posts", "comments", "own_replies", "answered_24h", "due_24h", "coverage"]]

# %% [markdown]
# Vad kolumnerna betyder:

# %%
pd.DataFrame({"kolumn": c.name, "betydelse": c.text.sv} for c in COLUMNS)

# %% [markdown]
# Räkna en andel över flera månader som summa delad med summa, aldrig som medelvärde av andelar.
# Här per år:

# %%
by_year = facts.groupby(facts.index // 100)[["posts", "answered_24h", "due_24h"]].sum()
by_year.assign(svar_inom_24h=by_year["answered_24h"] / by_year["due_24h"])

# %% [markdown]
# Medianen måste räknas på de enskilda svarstiderna; de ligger som listor (minuter i kontorstid):

# %%
waits = facts["reply_office_minutes"].explode().dropna().astype(int)
waits.groupby(waits.index // 100).median() / 60
